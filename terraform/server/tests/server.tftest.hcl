# One installation. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  site_host            = "memo.example.org"
  acme_email           = "alice@example.org"
  administrator        = "alice"
  administrator_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPz3nmXw0Tq1xkPrpDPV9uA1qGr0vYJ3qVJ1Y0dXkP0a alice@example.org"]
  ssh_allowed_networks = ["203.0.113.7/32", "2001:db8:7::/48"]
  backup_bucket        = "test-backup"
  vpc_network          = "10.20.0.0/16"
  architecture         = "x86_64"
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
            ssh_allowed_networks      = ["0.0.0.0/0", "::/0"]
            deployment                = var.environment
            site_host                 = "memo.example.org"
            acme_email                = "alice@example.org"
            time_servers              = ["169.254.169.123"]
            restic_repository         = "s3:https://s3.${var.region}.amazonaws.com/test-backup/memo-coach"
            backup_credentials_source = "instance_role"
            archive_repository        = "s3:https://s3.${var.region}.amazonaws.com/test-backup/memo-coach-archive"
            archive_region            = var.region
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

  assert {
    condition     = yamldecode(output.ansible_inventory).memo_coach.hosts.memo-coach.archive_repository == "s3:https://s3.example.org/test-backup/memo-coach-archive"
    error_message = "The archive goes elsewhere than to the named endpoint."
  }
}

run "a_store_without_tls_gets_no_archive" {
  command = plan

  variables {
    backup_endpoint = "http://s3.example.org"
  }

  assert {
    condition     = yamldecode(output.ansible_inventory).memo_coach.hosts.memo-coach.archive_repository == ""
    error_message = "An archive goes to a store that pgBackRest cannot speak to."
  }
}

run "the_next_steps_name_the_records_that_are_to_be_made" {
  command = plan

  assert {
    condition     = strcontains(output.next_steps, "an A record to 198.51.100.7") && strcontains(output.next_steps, "ssh alice@198.51.100.7")
    error_message = "The next steps leave the addresses or the way in unsaid."
  }

  assert {
    condition     = length(aws_route53_record.ipv4) + length(aws_route53_record.certificate_issuers) == 0
    error_message = "Records are made although no zone is named."
  }
}

run "the_records_are_made_in_the_named_zone" {
  command = plan

  variables {
    dns_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = aws_route53_record.ipv4[0].type == "A" && aws_route53_record.ipv4[0].records == toset(["198.51.100.7"])
    error_message = "The A record does not hold the lasting address."
  }

  assert {
    condition     = aws_route53_record.certificate_issuers[0].type == "CAA" && aws_route53_record.certificate_issuers[0].records == toset(["0 issue \"letsencrypt.org\"", "0 issuewild \";\""])
    error_message = "The CAA record lets others issue certificates."
  }

  assert {
    condition = alltrue([
      for record in [aws_route53_record.ipv4[0], aws_route53_record.certificate_issuers[0]] :
      record.name == "memo.example.org" && record.zone_id == "Z0123456789ABCDEFGHIJ"
    ])
    error_message = "A record has another name than the site's, or is in another zone."
  }

  assert {
    condition     = !strcontains(output.next_steps, "an A record")
    error_message = "The next steps ask for records that are made already."
  }
}

run "the_name_of_the_zone_itself_is_taken" {
  command = plan

  variables {
    dns_zone_id = "Z0123456789ABCDEFGHIJ"
    site_host   = "example.org"
  }

  assert {
    condition     = aws_route53_record.ipv4[0].name == "example.org"
    error_message = "The site cannot be at the top of its zone."
  }
}

run "a_name_outside_the_zone_is_refused" {
  command         = plan
  expect_failures = [aws_route53_record.ipv4]

  variables {
    dns_zone_id = "Z0123456789ABCDEFGHIJ"
    site_host   = "memo.badexample.org"
  }
}

run "the_values_of_another_environment_than_the_workspace_are_refused" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "test"
  }
}

run "the_zone_is_one_that_offers_the_instance_type" {
  command = plan

  assert {
    # The first of those that are open and have it: not 1a, which has not, and not a local zone, which nobody opened.
    condition     = aws_subnet.public.availability_zone == "eu-central-1b"
    error_message = "The server stands in a zone that does not offer its type."
  }

  assert {
    condition = alltrue([
      data.aws_ec2_instance_type_offerings.server.location_type == "availability-zone",
      toset(one(data.aws_ec2_instance_type_offerings.server.filter).values) == toset([var.instance_type]),
    ])
    error_message = "Another type is asked for."
  }
}

run "an_instance_type_that_no_zone_offers_is_refused" {
  command         = plan
  expect_failures = [aws_subnet.public]

  override_data {
    target          = data.aws_ec2_instance_type_offerings.server
    override_during = plan
    values          = { locations = [] }
  }
}

run "what_must_last_is_of_another_root" {
  command = plan

  assert {
    condition     = data.aws_eip.lasting.tags == tomap({ Name = local.name }) && aws_eip_association.server.allocation_id == "eipalloc-0123" && aws_eip_association.server.network_interface_id == "eni-0123"
    error_message = "The lasting address is not on the server's own interface."
  }

  assert {
    condition = !anytrue([
      for file in fileset(path.module, "*.tf") :
      can(regex("resource \"aws_(eip|s3_bucket)\"|prevent_destroy|module \"", file("${path.module}/${file}")))
    ])
    error_message = "Something here would keep staging from being destroyed."
  }
}

run "no_variable_and_no_output_is_secret" {
  command = plan

  assert {
    condition = !anytrue([
      for file in fileset("${path.module}/..", "**/*.tf") :
      can(regex("(?i)(variable|output) \"[a-z_]*(password|secret|token|private_key|access_key)[a-z_]*\"|sensitive\\s*=|aws_iam_access_key|aws_secretsmanager|aws_key_pair|tls_private_key|random_password", file("${path.module}/../${file}")))
    ])
    error_message = "Something secret would stand in the state."
  }

  assert {
    condition     = length(fileset("${path.module}/..", "**/*.tf")) >= 20
    error_message = "The files that this looks at are not found."
  }
}

run "only_the_named_rules_let_anything_in" {
  command = plan

  assert {
    condition = toset([
      for rule in aws_vpc_security_group_ingress_rule.server :
      "${rule.ip_protocol} ${rule.from_port}-${rule.to_port} ${coalesce(rule.cidr_ipv4, rule.cidr_ipv6)}"
      ]) == toset([
      "tcp 22-22 203.0.113.7/32",
      "tcp 22-22 2001:db8:7::/48",
      "tcp 80-80 0.0.0.0/0",
      "tcp 80-80 ::/0",
      "tcp 443-443 0.0.0.0/0",
      "tcp 443-443 ::/0",
    ])
    error_message = "SSH is open to the named networks, 80 and 443 to all in both families, and nothing else."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.server : (rule.cidr_ipv4 == null) != (rule.cidr_ipv6 == null)])
    error_message = "Each rule names one network, in the argument of its address family."
  }

  # A rule in another resource, or inside the group itself, would pass the list above by.
  assert {
    condition = length(flatten([
      for file in fileset(path.module, "*.tf") :
      regexall("resource \"aws_(?:vpc_security_group_ingress_rule|vpc_security_group_egress_rule|security_group_rule|default_network_acl|network_acl_rule)\"", file("${path.module}/${file}"))
    ])) == 2
    error_message = "There is one resource for the rules that let in and one for those that let out."
  }

  assert {
    condition = !anytrue([
      for file in fileset(path.module, "*.tf") : can(regex("(?m)^\\s*(ingress|egress)\\s*(\\{|=)", file("${path.module}/${file}")))
    ])
    error_message = "No security group has rules written inside it."
  }
}

run "ssh_is_never_open_to_everybody" {
  command = plan

  assert {
    condition = alltrue([
      for rule in aws_vpc_security_group_ingress_rule.server :
      !contains(["0.0.0.0/0", "::/0"], coalesce(rule.cidr_ipv4, rule.cidr_ipv6)) if rule.from_port <= 22 && rule.to_port >= 22
    ])
    error_message = "SSH is open to everybody."
  }
}

run "the_server_reaches_only_what_it_needs" {
  command = plan

  assert {
    condition = toset([
      for rule in aws_vpc_security_group_egress_rule.server : "${rule.ip_protocol} ${rule.from_port}-${rule.to_port}"
    ]) == toset(["tcp 80-80", "tcp 443-443", "udp 53-53", "tcp 53-53", "tcp 587-587", "tcp 465-465", "udp 123-123"])
    error_message = "The server reaches out for packages, HTTPS, names, mail and the time, and nothing else."
  }
}

run "every_rule_says_what_it_is_for" {
  command = plan

  assert {
    condition = alltrue([
      for rule in concat(values(aws_vpc_security_group_ingress_rule.server), values(aws_vpc_security_group_egress_rule.server)) :
      # What AWS accepts in a description of a rule.
      can(regex("^[A-Za-z0-9. _:/()#,@+=&;{}!$*\\[\\]-]{10,255}$", rule.description))
    ])
    error_message = "A rule has no description, or one that AWS refuses."
  }

  assert {
    condition     = length(aws_security_group.server.description) > 10
    error_message = "The security group has no description."
  }
}

run "the_default_security_group_is_closed" {
  command = plan

  assert {
    condition     = aws_default_security_group.closed.vpc_id == aws_vpc.this.id
    error_message = "The VPC's default security group is not adopted."
  }
}

run "the_subnet_has_both_families_and_gives_no_public_address_by_itself" {
  command = plan

  assert {
    condition     = aws_vpc.this.assign_generated_ipv6_cidr_block && aws_subnet.public.ipv6_cidr_block == "2001:db8:100::/64" && aws_subnet.public.cidr_block == "10.20.0.0/20"
    error_message = "The subnet is not a part of the VPC's networks in both families."
  }

  assert {
    condition     = !aws_subnet.public.map_public_ip_on_launch && !aws_subnet.public.assign_ipv6_address_on_creation
    error_message = "The subnet gives public addresses to whatever is started in it."
  }

  assert {
    condition     = aws_route.ipv4.destination_cidr_block == "0.0.0.0/0" && aws_route.ipv6.destination_ipv6_cidr_block == "::/0"
    error_message = "The subnet is not routed to the internet in both families."
  }
}

run "flow_logs_record_everything_for_a_year" {
  command = plan

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "ALL" && aws_cloudwatch_log_group.flow_logs[0].retention_in_days == 365
    error_message = "Flow logs leave something out or are not kept for a year."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.flow_logs[0].policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : startswith(resource, aws_cloudwatch_log_group.flow_logs[0].arn)])
    ])
    error_message = "The flow logs' role may write elsewhere than to their own group."
  }
}

run "flow_logs_can_be_left_out" {
  command = plan

  variables {
    flow_logs = false
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_iam_role.flow_logs) + length(aws_cloudwatch_log_group.flow_logs) == 0
    error_message = "Something of the flow logs is made although they are off."
  }
}

run "a_network_that_is_too_small_is_refused" {
  command         = plan
  expect_failures = [var.vpc_network]

  variables {
    vpc_network = "10.20.0.0/28"
  }
}

run "a_network_with_host_bits_is_refused" {
  command         = plan
  expect_failures = [var.vpc_network]

  variables {
    vpc_network = "10.20.0.1/16"
  }
}

run "ssh_from_all_of_ipv4_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["203.0.113.7/32", "0.0.0.0/0"]
  }
}

run "ssh_from_all_of_ipv6_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["::/0"]
  }
}

run "ssh_from_the_two_halves_of_the_internet_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["0.0.0.0/1", "128.0.0.0/1"]
  }
}

run "ssh_from_half_of_ipv6_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["8000::/1"]
  }
}

run "ssh_from_nowhere_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = []
  }
}

run "ssh_from_a_bare_address_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["203.0.113.7"]
  }
}

run "ssh_from_a_network_with_host_bits_is_refused" {
  command         = plan
  expect_failures = [var.ssh_allowed_networks]

  variables {
    ssh_allowed_networks = ["203.0.113.7/24"]
  }
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

  variables {
    termination_protection = true
  }

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
    condition     = startswith(local.user_data, "#cloud-config\n") && aws_instance.server.user_data == local.user_data
    error_message = "The user data is not the cloud-config file."
  }

  assert {
    condition     = yamldecode(local.user_data).disable_root == true && yamldecode(local.user_data).ssh_pwauth == false
    error_message = "Root can log in, or passwords are taken."
  }

  assert {
    condition     = [for user in yamldecode(local.user_data).users : user.name] == ["alice"]
    error_message = "There are other accounts than the administrator's."
  }

  assert {
    condition     = tolist(yamldecode(local.user_data).users[0].ssh_authorized_keys) == var.administrator_keys && yamldecode(local.user_data).users[0].lock_passwd
    error_message = "The administrator does not get exactly the named keys, or has a password."
  }
}

run "nothing_secret_is_in_the_user_data" {
  command = plan

  assert {
    # What is there is listed: a new entry has to be looked at, and added here.
    condition     = toset(keys(yamldecode(local.user_data))) == toset(["disable_root", "ssh_pwauth", "users"])
    error_message = "The user data has entries that nobody looked at."
  }

  assert {
    condition     = toset(keys(yamldecode(local.user_data).users[0])) == toset(["gecos", "groups", "lock_passwd", "name", "shell", "ssh_authorized_keys", "sudo"])
    error_message = "The administrator's entry has keys that nobody looked at."
  }

  assert {
    condition     = !can(regex("(?i)private key|secret|token|hashed_passwd|plain_text_passwd|AKIA[A-Z0-9]{16}", local.user_data))
    error_message = "The user data holds something that looks secret."
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
    condition     = length(yamldecode(local.user_data).users[0].ssh_authorized_keys) == 1
    error_message = "An RSA key of 3072 bits is not taken."
  }
}

run "the_server_adds_and_reads_backups_and_deletes_nothing_but_locks" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.server.assume_role_policy).Statement : statement.Principal] == [{ Service = "ec2.amazonaws.com" }]
    error_message = "Something else than EC2 may take the server's role."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : [
        for pair in setproduct(flatten([statement.Action]), flatten([statement.Resource])) : "${statement.Effect} ${pair[0]} ${pair[1]}"
      ]
      ])) == toset([
      "Allow s3:ListBucket arn:aws:s3:::test-backup",
      "Allow s3:GetBucketLocation arn:aws:s3:::test-backup",
      "Allow s3:GetObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:PutObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:AbortMultipartUpload arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:DeleteObject arn:aws:s3:::test-backup/memo-coach/locks/*",
      "Allow s3:GetObject arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:PutObject arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:AbortMultipartUpload arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:DeleteObject arn:aws:s3:::test-backup/memo-coach-archive/backup/*/latest",
    ])
    error_message = "The server may do something else than list, read, add, and remove locks and a name that is never there."
  }

  assert {
    # Besides this one policy there is only that of the flow logs' own role.
    condition = length(flatten([
      for file in fileset(path.module, "*.tf") : regexall("resource \"aws_iam_(?:role_policy|policy|policy_attachment|role_policy_attachment)\"|managed_policy", file("${path.module}/${file}"))
    ])) == 2
    error_message = "Something else gives a role leave."
  }
}

run "the_server_may_use_the_named_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : statement.Action if statement.Resource == var.kms_key_arn] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    error_message = "The server cannot use the bucket's key, or may do more with it."
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

run "no_key_at_all_is_refused" {
  command         = plan
  expect_failures = [var.administrator_keys]

  variables {
    administrator_keys = []
  }
}

run "bad_values_are_refused" {
  command = plan
  expect_failures = [
    var.region, var.site_host, var.vpc_network, var.architecture, var.instance_type, var.image_owner, var.image_name,
    var.root_volume_size, var.kms_key_arn, var.administrator, var.administrator_keys, var.backup_bucket,
    var.backup_endpoint, var.dns_zone_id, var.certificate_issuers, var.acme_email,
  ]

  variables {
    region              = "Frankfurt"
    site_host           = "memo"
    acme_email          = "nobody"
    vpc_network         = "10.20.0.0/30"
    architecture        = "riscv64"
    instance_type       = "small"
    image_owner         = "debian"
    image_name          = "?"
    root_volume_size    = 1.5
    kms_key_arn         = "alias/mine"
    administrator       = "root"
    administrator_keys  = ["secret"]
    backup_bucket       = "Test.Backup"
    backup_endpoint     = "s3.example.org/path"
    dns_zone_id         = "example.org"
    certificate_issuers = []
  }
}
