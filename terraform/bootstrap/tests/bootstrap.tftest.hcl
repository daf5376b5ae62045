# The bucket that holds the state. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-state" }
  }
}

variables {
  region       = "eu-central-1"
  state_bucket = "test-state"
}

run "the_state_is_versioned_and_encrypted" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_versioning.state.bucket == aws_s3_bucket.state.id
    error_message = "The state bucket is not versioned."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "The state bucket is not encrypted with KMS."
  }
}

run "the_state_is_closed_to_the_public" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
      aws_s3_bucket_public_access_block.state.bucket == aws_s3_bucket.state.id,
    ])
    error_message = "The state bucket can be opened to the public."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.state.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "The state bucket has access control lists."
  }
}

run "the_state_is_given_only_over_tls" {
  command = plan

  assert {
    condition = length([
      for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement : statement
      if statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
      && statement.Resource == ["arn:aws:s3:::test-state", "arn:aws:s3:::test-state/*"]
      && try(statement.Condition.Bool["aws:SecureTransport"] == "false", false)
    ]) == 1
    error_message = "Requests without TLS are not denied to everybody, for the bucket and all its objects."
  }

  assert {
    condition = length([
      for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement : statement
      if statement.Effect == "Deny" && try(statement.Condition.NumericLessThan["s3:TlsVersion"] == "1.2", false)
    ]) == 1
    error_message = "TLS before 1.2 is not denied."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement : statement.Effect == "Deny"])
    error_message = "The state bucket's policy allows something."
  }
}

run "earlier_states_are_kept_and_then_forgotten" {
  command = plan

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.state.rule : one(rule.noncurrent_version_expiration).noncurrent_days
      if length(rule.noncurrent_version_expiration) > 0 && rule.status == "Enabled"
    ] == [90]
    error_message = "Earlier states are not kept for the days that were asked for."
  }

  assert {
    # Days in "expiration" would delete current objects by age; the provider computes them, so the text is asked.
    condition     = !can(regex("\\sexpiration \\{[^}]*\\b(days|date)\\b", file("${path.module}/main.tf"))) && alltrue([for rule in aws_s3_bucket_lifecycle_configuration.state.rule : rule.status == "Enabled"])
    error_message = "A rule is off, or deletes the state that is in use."
  }
}

run "the_state_is_never_destroyed_by_accident_and_its_lock_can_be_removed" {
  command = plan

  assert {
    condition     = can(regex("resource \"aws_s3_bucket\" \"state\" \\{[^}]*\\}?[^}]*lifecycle \\{[^}]*prevent_destroy = true", file("${path.module}/main.tf"))) && !can(regex("force_destroy", file("${path.module}/main.tf")))
    error_message = "The state bucket lacks prevent_destroy, or has force_destroy."
  }

  assert {
    condition     = !can(regex("object_lock", file("${path.module}/main.tf")))
    error_message = "Object Lock would keep the lock of a run for ever."
  }
}

run "each_environment_has_its_own_key_in_the_locked_backend" {
  command = plan

  assert {
    condition     = output.staging_backend == <<-EOT
      bucket       = "test-state"
      key          = "memo-coach/staging.tfstate"
      region       = "eu-central-1"
      encrypt      = true
      use_lockfile = true
    EOT
    error_message = "The backend configuration of staging is not what its init needs."
  }

  assert {
    condition     = output.production_backend == replace(output.staging_backend, "staging", "production")
    error_message = "The backend configurations differ in more than the environment's name."
  }
}

run "the_backend_names_the_own_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = endswith(output.staging_backend, "use_lockfile = true\nkms_key_id   = \"${var.kms_key_arn}\"\n")
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
