# What the network lets in and out. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_vpc" {
    defaults = { id = "vpc-0123", ipv6_cidr_block = "2001:db8:100::/56" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/memo-coach-test/vpc-flow-logs" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/memo-coach-test-flow-logs" }
  }
}

variables {
  name                 = "memo-coach-test"
  vpc_network          = "10.20.0.0/16"
  ssh_allowed_networks = ["203.0.113.7/32", "2001:db8:7::/48"]
  flow_logs            = true
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

run "a_bad_name_is_refused" {
  command         = plan
  expect_failures = [var.name]

  variables {
    name = "Memo Coach"
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
