# What holds of every bucket. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-bucket" }
  }
}

variables {
  bucket          = "test-bucket"
  noncurrent_days = 30
  object_lock     = true
}

run "it_is_versioned_and_encrypted" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_versioning.this.bucket == aws_s3_bucket.this.id
    error_message = "The bucket is not versioned."
  }

  assert {
    condition = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default) == {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
    error_message = "The bucket is not encrypted with the named key."
  }
}

run "it_is_closed_to_the_public_and_answers_only_over_modern_tls" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      aws_s3_bucket_public_access_block.this.bucket == aws_s3_bucket.this.id,
      one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "The bucket can be opened to the public, or has access control lists."
  }

  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Condition] == [
      { NumericLessThan = { "s3:TlsVersion" = "1.2" } }, { Bool = { "aws:SecureTransport" = "false" } },
    ]
    error_message = "Requests without TLS 1.2 are not denied, or something else is said."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
      && statement.Resource == ["arn:aws:s3:::test-bucket", "arn:aws:s3:::test-bucket/*"]
    ])
    error_message = "The policy allows something, or does not deny it to everybody, for the bucket and all its objects."
  }
}

run "earlier_versions_are_kept_and_then_forgotten" {
  command = plan

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.noncurrent_version_expiration).noncurrent_days
      if length(rule.noncurrent_version_expiration) > 0
    ] == [30]
    error_message = "Earlier versions are not kept for the days that were asked for."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.abort_incomplete_multipart_upload[*].days_after_initiation) == 7])
    error_message = "Uploads that break off stay for ever."
  }

  assert {
    # Days in "expiration" would delete current objects by age; the provider computes them, so the text is asked.
    condition     = !can(regex("\\sexpiration \\{[^}]*\\b(days|date)\\b", file("${path.module}/main.tf"))) && alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.status == "Enabled"])
    error_message = "A rule is off, or deletes objects that are in use."
  }
}

run "it_is_never_destroyed_by_accident_nor_made_anew_for_the_lock" {
  command = plan

  assert {
    condition     = can(regex("resource \"aws_s3_bucket\" \"this\" \\{[^}]*\\}[^}]*lifecycle \\{[^}]*prevent_destroy = true[^}]*ignore_changes = \\[object_lock_enabled\\]", file("${path.module}/main.tf"))) && !can(regex("force_destroy", file("${path.module}/main.tf")))
    error_message = "The bucket lacks prevent_destroy, has force_destroy, or would be replaced for Object Lock."
  }
}

run "object_lock_is_on_from_the_start_and_holds_nothing_by_itself" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && length(aws_s3_bucket_object_lock_configuration.this[0].rule) == 0
    error_message = "Object Lock could not be used later, or holds although no retention was asked for."
  }
}

run "object_lock_holds_for_the_days_that_were_asked_for" {
  command = plan

  variables {
    retention_days = 20
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].days == 20 && aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].mode == "GOVERNANCE"
    error_message = "Object Lock does not hold for the days that were asked for."
  }
}

run "a_bucket_can_be_without_object_lock" {
  command = plan

  variables {
    object_lock = false
  }

  assert {
    condition     = !aws_s3_bucket.this.object_lock_enabled && length(aws_s3_bucket_object_lock_configuration.this) == 0
    error_message = "Object Lock is on where it would keep Terraform's own locks for ever."
  }
}

run "bad_values_are_refused" {
  command         = plan
  expect_failures = [var.bucket, var.noncurrent_days, var.retention_days, var.kms_key_arn]

  variables {
    bucket          = "Test.Bucket"
    noncurrent_days = 1
    retention_days  = -1
    kms_key_arn     = "alias/mine"
  }
}
