# How the server is made. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_ami" {
    defaults = { id = "ami-0123456789abcdef0" }
  }

  mock_data "aws_ec2_instance_type" {
    defaults = { supported_architectures = ["x86_64"] }
  }

  mock_resource "aws_network_interface" {
    defaults = { id = "eni-0123", ipv6_addresses = ["2001:db8:100::7"] }
  }

  mock_resource "aws_eip" {
    defaults = { public_ip = "198.51.100.7" }
  }
}

variables {
  name                   = "memo-coach-test"
  subnet_id              = "subnet-0123"
  security_group_id      = "sg-0123"
  architecture           = "x86_64"
  instance_type          = "t3.small"
  image_owner            = "136693071363"
  root_volume_size       = 30
  termination_protection = true
  administrator          = "alice"
  administrator_keys     = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPz3nmXw0Tq1xkPrpDPV9uA1qGr0vYJ3qVJ1Y0dXkP0a alice@example.org"]
}

run "metadata_is_given_only_with_a_token_and_only_to_the_host" {
  command = plan

  assert {
    condition     = aws_instance.server.metadata_options[0].http_tokens == "required"
    error_message = "The metadata service answers without a token (IMDSv1)."
  }

  assert {
    condition     = aws_instance.server.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "A container can reach the metadata service."
  }

  assert {
    condition     = aws_instance.server.metadata_options[0].http_protocol_ipv6 == "disabled"
    error_message = "The metadata service answers over IPv6 too."
  }
}

run "the_root_volume_is_encrypted" {
  command = plan

  assert {
    condition     = aws_instance.server.root_block_device[0].encrypted && aws_instance.server.root_block_device[0].volume_type == "gp3"
    error_message = "The root volume is not an encrypted gp3 volume."
  }
}

run "the_root_volume_takes_the_named_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_instance.server.root_block_device[0].kms_key_id == var.kms_key_arn
    error_message = "The root volume is encrypted with another key than the named one."
  }
}

run "the_elastic_ip_is_never_destroyed_by_accident" {
  command = plan

  assert {
    condition     = can(regex("resource \"aws_eip\" \"server\" \\{[^}]*\\}?[^}]*lifecycle \\{[^}]*prevent_destroy = true", file("${path.module}/main.tf")))
    error_message = "The Elastic IP lacks prevent_destroy."
  }

  assert {
    condition     = aws_eip.server.domain == "vpc" && aws_eip.server.network_interface == aws_network_interface.server.id
    error_message = "The Elastic IP is not on the server's own interface."
  }
}

run "the_server_stands_behind_its_security_group_alone" {
  command = plan

  assert {
    condition     = aws_network_interface.server.security_groups == toset(["sg-0123"]) && aws_network_interface.server.subnet_id == "subnet-0123"
    error_message = "The interface has other security groups than the server's, or another subnet."
  }

  assert {
    condition     = one(aws_instance.server.network_interface).network_interface_id == aws_network_interface.server.id
    error_message = "The server has another interface than its own."
  }
}

run "termination_protection_and_monitoring_are_on" {
  command = plan

  assert {
    condition     = aws_instance.server.disable_api_termination && aws_instance.server.monitoring
    error_message = "Termination protection or detailed monitoring is off."
  }
}

run "termination_protection_can_be_lifted" {
  command = plan

  variables {
    termination_protection = false
  }

  assert {
    condition     = !aws_instance.server.disable_api_termination
    error_message = "Termination protection stays on although it was lifted."
  }
}

run "the_image_is_debians_own_for_the_architecture" {
  command = plan

  assert {
    condition     = data.aws_ami.debian.owners == tolist(["136693071363"]) && data.aws_ami.debian.most_recent
    error_message = "The image is not the newest of the named owner."
  }

  assert {
    condition = toset([for filter in data.aws_ami.debian.filter : "${filter.name}=${join(",", filter.values)}"]) == toset([
      "name=debian-13-amd64-*", "architecture=x86_64", "root-device-type=ebs", "virtualization-type=hvm",
    ])
    error_message = "The image is looked up by other properties than Debian 13's for amd64."
  }
}

run "the_image_follows_the_architecture" {
  command = plan

  variables {
    architecture  = "arm64"
    instance_type = "t4g.small"
  }

  override_data {
    target          = data.aws_ec2_instance_type.server
    override_during = plan
    values          = { supported_architectures = ["arm64"] }
  }

  assert {
    condition     = contains([for filter in data.aws_ami.debian.filter : one(filter.values) if filter.name == "name"], "debian-13-arm64-*")
    error_message = "An arm64 server takes an image for another architecture."
  }
}

run "an_instance_type_of_another_architecture_is_refused" {
  command         = plan
  expect_failures = [aws_instance.server]

  variables {
    architecture = "arm64"
  }
}

run "the_first_boot_makes_one_administrator_with_keys_only" {
  command = plan

  assert {
    condition     = startswith(output.user_data, "#cloud-config\n") && aws_instance.server.user_data == output.user_data
    error_message = "The user data is not the cloud-config file."
  }

  assert {
    condition     = yamldecode(output.user_data).disable_root == true && yamldecode(output.user_data).ssh_pwauth == false
    error_message = "Root can log in, or passwords are taken."
  }

  assert {
    condition     = [for user in yamldecode(output.user_data).users : user.name] == ["alice"]
    error_message = "There are other accounts than the administrator's."
  }

  assert {
    condition     = tolist(yamldecode(output.user_data).users[0].ssh_authorized_keys) == var.administrator_keys && yamldecode(output.user_data).users[0].lock_passwd
    error_message = "The administrator does not get exactly the named keys, or has a password."
  }
}

run "nothing_secret_is_in_the_user_data" {
  command = plan

  assert {
    # What is there is listed: a new entry has to be looked at, and added here.
    condition     = toset(keys(yamldecode(output.user_data))) == toset(["disable_root", "ssh_pwauth", "users"])
    error_message = "The user data has entries that nobody looked at."
  }

  assert {
    condition     = toset(keys(yamldecode(output.user_data).users[0])) == toset(["gecos", "groups", "lock_passwd", "name", "shell", "ssh_authorized_keys", "sudo"])
    error_message = "The administrator's entry has keys that nobody looked at."
  }

  assert {
    condition     = !can(regex("(?i)private key|secret|token|hashed_passwd|plain_text_passwd|AKIA[A-Z0-9]{16}", output.user_data))
    error_message = "The user data holds something that looks secret."
  }
}

run "the_servers_role_is_for_ec2_and_may_nothing_by_itself" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.server.assume_role_policy).Statement : statement.Principal] == [{ Service = "ec2.amazonaws.com" }]
    error_message = "Something else than EC2 may take the server's role."
  }

  assert {
    condition     = !anytrue([for file in fileset(path.module, "*.tf") : can(regex("aws_iam_role_policy|aws_iam_policy|managed_policy", file("${path.module}/${file}")))])
    error_message = "The server's module gives its role leave to something."
  }
}

run "a_private_key_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    administrator_keys = ["-----BEGIN OPENSSH PRIVATE KEY-----"]
  }
}

run "a_key_with_a_second_line_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    administrator_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPz3nmXw0Tq1xkPrpDPV9uA1qGr0vYJ3qVJ1Y0dXkP0a alice\nruncmd: [reboot]"]
  }
}

run "a_dsa_key_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    administrator_keys = ["ssh-dss AAAAB3NzaC1kc3MAAACBAPz3nmXw0Tq1xkPrpDPV9uA1qGr0vYJ3qVJ1Y0dXkP0aAAAAB3NzaC1kc3MAAACBAPz3nmXw"]
  }
}

run "a_short_rsa_key_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    # As long as a key of 2048 bits is in base64.
    administrator_keys = [format("ssh-rsa AAAA%s", join("", [for i in range(368) : "B"]))]
  }
}

run "a_long_rsa_key_is_taken" {
  command = plan

  variables {
    administrator_keys = [format("ssh-rsa AAAA%s", join("", [for i in range(540) : "B"]))]
  }

  assert {
    condition     = length(yamldecode(output.user_data).users[0].ssh_authorized_keys) == 1
    error_message = "An RSA key of 3072 bits is not taken."
  }
}

run "no_key_at_all_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    administrator_keys = []
  }
}

run "root_as_administrator_is_refused" {
  command         = plan
  expect_failures = [var.administrator]

  variables {
    administrator = "root"
  }
}

run "bad_values_are_refused" {
  command = plan
  expect_failures = [
    var.name, var.subnet_id, var.security_group_id, var.instance_type, var.image_owner,
    var.image_name, var.root_volume_size, var.kms_key_arn,
  ]

  variables {
    name              = "x"
    subnet_id         = "vpc-1"
    security_group_id = "group"
    instance_type     = "small"
    image_owner       = "debian"
    image_name        = "?"
    root_volume_size  = 8
    kms_key_arn       = "alias/mine"
  }
}

run "another_architecture_is_refused" {
  command         = plan
  expect_failures = [var.architecture]

  variables {
    architecture = "riscv64"
  }
}
