# Where backups lie and who may do what to them. Nothing is asked of AWS: every resource is a stand-in.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-backup" }
  }
}

variables {
  name              = "memo-coach-test"
  bucket            = "test-backup"
  server_role_name  = "memo-coach-test-server"
  pruner_principals = ["arn:aws:iam::123456789012:user/alice"]
  noncurrent_days   = 30
  object_lock_days  = 0
}

run "the_bucket_is_versioned" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.backup.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_versioning.backup.bucket == aws_s3_bucket.backup.id
    error_message = "The backup bucket is not versioned."
  }
}

run "the_bucket_is_encrypted" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.backup.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "The backup bucket is not encrypted with KMS."
  }
}

run "the_bucket_takes_the_named_key_and_both_roles_may_use_it" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.backup.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    error_message = "The bucket is encrypted with another key than the named one."
  }

  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.server.policy, aws_iam_role_policy.pruner[0].policy] :
      [for statement in jsondecode(policy).Statement : statement.Action if statement.Resource == var.kms_key_arn] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    ])
    error_message = "A role cannot use the bucket's key, or may do more with it."
  }
}

run "the_bucket_is_closed_to_the_public" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.backup.block_public_acls,
      aws_s3_bucket_public_access_block.backup.block_public_policy,
      aws_s3_bucket_public_access_block.backup.ignore_public_acls,
      aws_s3_bucket_public_access_block.backup.restrict_public_buckets,
      aws_s3_bucket_public_access_block.backup.bucket == aws_s3_bucket.backup.id,
    ])
    error_message = "The backup bucket can be opened to the public."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.backup.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "The backup bucket has access control lists."
  }
}

run "the_bucket_answers_only_over_tls" {
  command = plan

  assert {
    condition = length([
      for statement in jsondecode(aws_s3_bucket_policy.backup.policy).Statement : statement
      if statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
      && statement.Resource == ["arn:aws:s3:::test-backup", "arn:aws:s3:::test-backup/*"]
      && try(statement.Condition.Bool["aws:SecureTransport"] == "false", false)
    ]) == 1
    error_message = "Requests without TLS are not denied to everybody, for the bucket and all its objects."
  }

  assert {
    condition = length([
      for statement in jsondecode(aws_s3_bucket_policy.backup.policy).Statement : statement
      if statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
      && try(statement.Condition.NumericLessThan["s3:TlsVersion"] == "1.2", false)
    ]) == 1
    error_message = "TLS before 1.2 is not denied."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.backup.policy).Statement : statement.Effect == "Deny"])
    error_message = "The bucket's policy allows something: leave is given by the two roles alone."
  }
}

run "deleted_objects_can_be_brought_back_for_the_days_that_were_asked_for" {
  command = plan

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.backup.rule : one(rule.noncurrent_version_expiration).noncurrent_days
      if length(rule.noncurrent_version_expiration) > 0
    ] == [30]
    error_message = "Earlier versions are not kept for the days that were asked for."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.backup.rule : one(rule.abort_incomplete_multipart_upload[*].days_after_initiation) == 7])
    error_message = "Uploads that break off stay for ever."
  }

  assert {
    # Days in "expiration" would delete current objects by age; the provider computes them, so the text is asked.
    condition     = !can(regex("\\sexpiration \\{[^}]*\\b(days|date)\\b", file("${path.module}/main.tf"))) && alltrue([for rule in aws_s3_bucket_lifecycle_configuration.backup.rule : rule.status == "Enabled"])
    error_message = "A rule is off, or deletes objects that are still part of the repository."
  }
}

run "the_bucket_is_never_destroyed_by_accident" {
  command = plan

  assert {
    condition     = can(regex("resource \"aws_s3_bucket\" \"backup\" \\{[^}]*\\}?[^}]*lifecycle \\{[^}]*prevent_destroy = true", file("${path.module}/main.tf"))) && !can(regex("force_destroy", file("${path.module}/main.tf")))
    error_message = "The backup bucket lacks prevent_destroy, or has force_destroy."
  }
}

run "the_server_deletes_nothing_but_locks" {
  command = plan

  assert {
    condition     = aws_iam_role_policy.server.role == "memo-coach-test-server"
    error_message = "The policy is on another role than the server's."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.server.policy).Statement : [
        for action in flatten([statement.Action]) : [for resource in flatten([statement.Resource]) : "${statement.Effect} ${action} ${resource}"]
      ]
      ])) == toset([
      "Allow s3:ListBucket arn:aws:s3:::test-backup",
      "Allow s3:GetBucketLocation arn:aws:s3:::test-backup",
      "Allow s3:GetObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:PutObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:AbortMultipartUpload arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:DeleteObject arn:aws:s3:::test-backup/memo-coach/locks/*",
    ])
    error_message = "The server may do something else than list, read, add, and remove locks."
  }
}

run "the_pruner_deletes_snapshots_but_no_kept_version" {
  command = plan

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_role_policy.pruner[0].policy).Statement :
      statement.Effect == "Allow" && contains(flatten([statement.Action]), "s3:DeleteObject") && statement.Resource == "arn:aws:s3:::test-backup/memo-coach/*"
    ])
    error_message = "The pruner cannot delete snapshots."
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.pruner[0].policy).Statement : [
        for action in flatten([statement.Action]) :
        contains(["s3:ListBucket", "s3:GetBucketLocation", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"], action)
      ]
    ]))
    error_message = "The pruner may do more than prune, such as removing the versions that are kept."
  }

  assert {
    condition     = aws_iam_role.pruner[0].name == "memo-coach-test-backup-pruner"
    error_message = "The pruner's role has another name than the books say."
  }
}

run "only_the_named_principals_become_the_pruner" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.pruner[0].assume_role_policy).Statement == [{
      Sid       = "NamedPrincipals"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::123456789012:user/alice"] }
    }]
    error_message = "Others than the named principals can become the pruner."
  }
}

run "there_is_no_pruner_when_nobody_is_named" {
  command = plan

  variables {
    pruner_principals = []
  }

  assert {
    condition     = length(aws_iam_role.pruner) + length(aws_iam_role_policy.pruner) == 0 && output.pruner_role_arn == null
    error_message = "A role that may delete exists although nobody is named to use it."
  }
}

run "object_lock_is_off_unless_asked_for" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.backup.object_lock_enabled && length(aws_s3_bucket_object_lock_configuration.backup) == 0
    error_message = "Object Lock is on although nobody asked for it."
  }
}

run "object_lock_holds_for_the_days_that_were_asked_for" {
  command = plan

  variables {
    object_lock_days = 20
  }

  assert {
    condition     = aws_s3_bucket.backup.object_lock_enabled && aws_s3_bucket_object_lock_configuration.backup[0].rule[0].default_retention[0].days == 20
    error_message = "Object Lock does not hold for the days that were asked for."
  }
}

run "a_wildcard_principal_is_refused" {
  command         = plan
  expect_failures = [var.pruner_principals]

  variables {
    pruner_principals = ["*"]
  }
}

run "a_whole_account_as_principal_is_refused" {
  command         = plan
  expect_failures = [var.pruner_principals]

  variables {
    pruner_principals = ["arn:aws:iam::123456789012:root"]
  }
}

run "bad_values_are_refused" {
  command = plan
  expect_failures = [
    var.name, var.bucket, var.repository, var.server_role_name, var.noncurrent_days, var.object_lock_days, var.kms_key_arn,
  ]

  variables {
    name             = "x"
    bucket           = "Test.Backup"
    repository       = "a/b"
    server_role_name = "arn:aws:iam::123456789012:role/server"
    noncurrent_days  = 1
    object_lock_days = -1
    kms_key_arn      = "alias/mine"
  }
}
