# The bucket that holds the state, and what the two roots are told of it. Nothing is asked of AWS.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-state" }
  }
}

variables {
  region       = "eu-central-1"
  state_bucket = "test-state"
}

run "the_lock_of_a_run_can_be_removed" {
  command = plan

  assert {
    # What else holds of the bucket is tested at the module.
    condition     = can(regex("object_lock     = false", file("${path.module}/main.tf")))
    error_message = "Object Lock would keep the lock of a run for ever."
  }
}

run "each_root_has_its_own_key_in_the_locked_backend" {
  command = plan

  assert {
    condition     = output.server_backend == <<-EOT
      bucket       = "test-state"
      key          = "memo-coach/server.tfstate"
      region       = "eu-central-1"
      encrypt      = true
      use_lockfile = true
    EOT
    error_message = "The backend configuration of the server is not what its init needs."
  }

  assert {
    condition     = output.lasting_backend == replace(output.server_backend, "server", "lasting")
    error_message = "The backend configurations differ in more than the root's name."
  }
}

run "the_backend_names_the_own_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = endswith(output.server_backend, "use_lockfile = true\nkms_key_id   = \"${var.kms_key_arn}\"\n")
    error_message = "The state would be encrypted with another key than the named one."
  }
}

run "bad_values_are_refused" {
  command         = plan
  expect_failures = [var.region, var.state_bucket, var.noncurrent_days, var.kms_key_arn]

  variables {
    region          = "Frankfurt"
    state_bucket    = "Test.State"
    noncurrent_days = 1
    kms_key_arn     = "alias/mine"
  }
}
