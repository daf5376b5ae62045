# What must outlive a server. Nothing is asked of AWS: every resource is a stand-in, known at plan time.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { id = "test-backup" }
  }

  mock_resource "aws_eip" {
    defaults = { public_ip = "198.51.100.7" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/test" }
  }
}

variables {
  region        = "eu-central-1"
  backup_bucket = "test-backup"
}

run "the_address_is_never_destroyed_by_accident" {
  command = plan

  assert {
    condition     = can(regex("resource \"aws_eip\" \"server\" \\{[^}]*\\}?[^}]*lifecycle \\{[^}]*prevent_destroy = true", file("${path.module}/main.tf")))
    error_message = "The address lacks prevent_destroy."
  }

  assert {
    # The root "server" finds it by this name.
    condition     = aws_eip.server.domain == "vpc" && aws_eip.server.tags.Name == "memo-coach-${var.environment}"
    error_message = "The address has another name than the server looks for."
  }
}

run "the_backups_can_be_locked_from_the_start" {
  command = plan

  assert {
    condition     = can(regex("object_lock     = true\n  retention_days  = var.backup_retention_days", file("${path.module}/main.tf")))
    error_message = "Object Lock can only be set when a bucket is made, and is not."
  }

  assert {
    condition     = var.environment == "staging" || (var.backup_noncurrent_days >= 30 && var.backup_retention_days >= 7)
    error_message = "Production forgets deleted backups within a month, or lets them be removed at once."
  }
}

run "the_pruner_deletes_snapshots_but_no_kept_version" {
  command = plan

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.pruner[0].policy).Statement : [
        for pair in setproduct(flatten([statement.Action]), flatten([statement.Resource])) : "${statement.Effect} ${pair[0]} ${pair[1]}"
      ]
      ])) == toset([
      "Allow s3:ListBucket arn:aws:s3:::test-backup",
      "Allow s3:GetBucketLocation arn:aws:s3:::test-backup",
      "Allow s3:GetObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:PutObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:AbortMultipartUpload arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:DeleteObject arn:aws:s3:::test-backup/memo-coach/*",
      "Allow s3:GetObject arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:PutObject arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:AbortMultipartUpload arn:aws:s3:::test-backup/memo-coach-archive/*",
      "Allow s3:DeleteObject arn:aws:s3:::test-backup/memo-coach-archive/*",
    ])
    error_message = "The pruner cannot prune, or may do more, such as removing the versions that are kept."
  }

  assert {
    condition     = aws_iam_role.pruner[0].name == "memo-coach-${var.environment}-backup-pruner"
    error_message = "The pruner's role has another name than the books say."
  }

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

run "the_pruner_may_use_the_named_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.pruner[0].policy).Statement : statement.Action if statement.Resource == var.kms_key_arn] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    error_message = "The pruner cannot use the bucket's key, or may do more with it."
  }
}

run "there_is_no_pruner_when_nobody_is_named_and_a_warning_says_so" {
  command         = plan
  expect_failures = [check.old_snapshots_can_be_pruned]

  variables {
    pruner_principals = []
  }

  assert {
    condition     = length(aws_iam_role.pruner) + length(aws_iam_role_policy.pruner) == 0 && output.backup_pruner_role_arn == null
    error_message = "A role that may delete exists although nobody is named to use it."
  }
}

run "the_values_of_another_environment_than_the_workspace_are_refused" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "test"
  }
}

run "a_wildcard_and_a_whole_account_as_principal_are_refused" {
  command         = plan
  expect_failures = [var.pruner_principals, var.region]

  variables {
    region            = "Frankfurt"
    pruner_principals = ["*", "arn:aws:iam::123456789012:root"]
  }
}
