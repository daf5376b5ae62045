# A whole environment with its own values. Nothing is asked of AWS: every resource is a stand-in.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_ami" {
    defaults = { id = "ami-0123456789abcdef0" }
  }

  mock_data "aws_ec2_instance_type" {
    defaults = { supported_architectures = ["x86_64"] }
  }

  mock_data "aws_route53_zone" {
    defaults = { name = "example.org." }
  }

  mock_resource "aws_vpc" {
    defaults = { id = "vpc-0123", ipv6_cidr_block = "2001:db8:100::/56" }
  }

  mock_resource "aws_subnet" {
    defaults = { id = "subnet-0123" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-0123" }
  }

  mock_resource "aws_network_interface" {
    defaults = { id = "eni-0123", ipv6_addresses = ["2001:db8:100::7"] }
  }

  mock_resource "aws_eip" {
    defaults = { public_ip = "198.51.100.7" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-backup" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/test" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:test" }
  }
}

variables {
  region               = "eu-central-1"
  site_host            = "memo.example.org"
  acme_email           = "alice@example.org"
  administrator        = "alice"
  administrator_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPz3nmXw0Tq1xkPrpDPV9uA1qGr0vYJ3qVJ1Y0dXkP0a alice@example.org"]
  ssh_allowed_networks = ["203.0.113.7/32", "2001:db8:7::/48"]
  backup_bucket        = "test-backup"
  pruner_principals    = ["arn:aws:iam::123456789012:user/alice"]
}

run "the_inventory_is_what_ansible_needs_to_know" {
  command = plan

  assert {
    condition = yamldecode(output.ansible_inventory) == {
      memo_coach = {
        hosts = {
          memo-coach = {
            ansible_host              = "198.51.100.7"
            ansible_user              = "alice"
            administrator             = "alice"
            administrator_keys        = [for key in var.administrator_keys : key]
            ssh_allowed_networks      = ["203.0.113.7/32", "2001:db8:7::/48"]
            site_host                 = "memo.example.org"
            acme_email                = "alice@example.org"
            time_servers              = ["169.254.169.123"]
            restic_repository         = "s3:https://s3.eu-central-1.amazonaws.com/test-backup/memo-coach"
            backup_credentials_source = "instance_role"
          }
        }
      }
    }
    error_message = "The inventory is not the host memo-coach in the group memo_coach with what Terraform knows."
  }
}

run "the_backups_go_to_the_named_endpoint" {
  command = plan

  variables {
    backup_endpoint = "https://s3.example.org"
  }

  assert {
    condition     = output.restic_repository == "s3:https://s3.example.org/test-backup/memo-coach"
    error_message = "The backups go elsewhere than to the named endpoint."
  }
}

run "the_next_steps_name_the_records_that_are_to_be_made" {
  command = plan

  assert {
    condition     = strcontains(output.next_steps, "an A record to 198.51.100.7") && strcontains(output.next_steps, "ssh alice@198.51.100.7")
    error_message = "The next steps leave the addresses or the way in unsaid."
  }

  assert {
    condition     = length(module.dns) == 0
    error_message = "Records are made although no zone is named."
  }
}

run "the_records_are_made_in_the_named_zone" {
  command = plan

  variables {
    dns_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = module.dns[0].names == { A = "memo.example.org", CAA = "memo.example.org" }
    error_message = "The site's records are not made."
  }

  assert {
    condition     = !strcontains(output.next_steps, "an A record")
    error_message = "The next steps ask for records that are made already."
  }
}

run "the_values_are_those_of_this_environment" {
  command = plan

  assert {
    condition     = basename(abspath(path.module)) == var.environment
    error_message = "The values name another environment than the folder does."
  }

  assert {
    condition     = var.flow_logs
    error_message = "Flow logs are off."
  }

  assert {
    condition     = var.environment == "staging" || (var.termination_protection && var.backup_noncurrent_days >= 30)
    error_message = "Production lacks termination protection, or forgets deleted backups within a month."
  }
}

run "no_variable_and_no_output_is_secret" {
  command = plan

  assert {
    condition = !anytrue([
      for file in fileset("${path.module}/../..", "**/*.tf") :
      can(regex("(?i)(variable|output) \"[a-z_]*(password|secret|token|private_key|access_key)[a-z_]*\"|sensitive\\s*=|aws_iam_access_key|aws_secretsmanager|aws_key_pair|tls_private_key|random_password", file("${path.module}/../../${file}")))
    ])
    error_message = "Something secret would stand in the state."
  }

  assert {
    condition     = length(fileset("${path.module}/../..", "**/*.tf")) >= 20
    error_message = "The files that this looks at are not found."
  }
}

run "a_warning_says_that_nobody_can_prune" {
  command         = plan
  expect_failures = [check.old_snapshots_can_be_pruned]

  variables {
    pruner_principals = []
  }
}

run "ssh_from_everywhere_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["203.0.113.7/32", "0.0.0.0/0", "::/0"]
  }
}

run "bad_values_are_refused" {
  command = plan
  expect_failures = [
    var.region, var.environment, var.site_host, var.vpc_network, var.architecture, var.instance_type, var.image_owner,
    var.image_name, var.root_volume_size, var.kms_key_arn, var.administrator, var.administrator_keys, var.backup_bucket,
    var.backup_noncurrent_days, var.backup_object_lock_days, var.pruner_principals, var.backup_endpoint, var.dns_zone_id,
    var.certificate_issuers, var.acme_email,
  ]

  variables {
    region                  = "Frankfurt"
    environment             = "test"
    site_host               = "memo"
    acme_email              = "nobody"
    vpc_network             = "10.20.0.0/30"
    architecture            = "riscv64"
    instance_type           = "small"
    image_owner             = "debian"
    image_name              = "?"
    root_volume_size        = 1.5
    kms_key_arn             = "alias/mine"
    administrator           = "root"
    administrator_keys      = ["secret"]
    backup_bucket           = "Test.Backup"
    backup_noncurrent_days  = 1
    backup_object_lock_days = 400
    pruner_principals       = ["*"]
    backup_endpoint         = "s3.example.org/path"
    dns_zone_id             = "example.org"
    certificate_issuers     = []
  }
}
