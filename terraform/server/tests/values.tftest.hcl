# The values of an environment, as its example has them: check.sh runs this with those of each, in its workspace.

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

run "the_values_are_those_of_this_environment" {
  command = plan

  assert {
    condition     = var.flow_logs && local.name == "memo-coach-${var.environment}"
    error_message = "Flow logs are off, or the installation has another name than its environment."
  }

  assert {
    condition     = var.environment == "staging" || var.termination_protection
    error_message = "Production lacks termination protection."
  }
}
