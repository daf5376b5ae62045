# A server that is there, and zones that offer something else one day.

mock_provider "aws" {
  source = "./tests/mocks"
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

run "a_server_is_made" {
  command = apply
}

run "a_server_that_is_there_stays_in_its_zone" {
  command = plan

  override_data {
    target          = data.aws_ec2_instance_type_offerings.server
    override_during = plan
    values          = { locations = ["eu-central-1a", "eu-central-1b"] }
  }

  assert {
    condition     = local.zone == "eu-central-1a" && aws_subnet.public.availability_zone == "eu-central-1b"
    error_message = "Another zone that comes first one day makes the server anew."
  }
}

run "an_instance_type_that_the_servers_zone_does_not_offer_is_refused" {
  command         = plan
  expect_failures = [aws_instance.server]

  override_data {
    target          = data.aws_ec2_instance_type_offerings.server
    override_during = plan
    values          = { locations = ["eu-central-1a"] }
  }
}
