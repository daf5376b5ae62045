# Two identities work on the repository. The server adds and reads: someone who takes the server over cannot
# delete a snapshot (S3 cannot tell adding from overwriting, so versions are kept). The pruner, which people
# assume from elsewhere, also deletes; even it cannot remove the versions that are kept.

data "aws_partition" "current" {}

locals {
  bucket_arn     = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
  repository_arn = "${local.bucket_arn}/${var.repository}"

  list_statement = {
    Sid      = "FindTheRepository"
    Effect   = "Allow"
    Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
    Resource = local.bucket_arn
  }

  read_and_add_statement = {
    Sid      = "ReadAndAdd"
    Effect   = "Allow"
    Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
    Resource = "${local.repository_arn}/*"
  }

  # restic's locks are the only objects that a backup removes.
  remove_locks_statement = {
    Sid      = "RemoveLocks"
    Effect   = "Allow"
    Action   = "s3:DeleteObject"
    Resource = "${local.repository_arn}/locks/*"
  }

  prune_statement = {
    Sid      = "Prune"
    Effect   = "Allow"
    Action   = "s3:DeleteObject"
    Resource = "${local.repository_arn}/*"
  }

  # The key that AWS manages needs no leave; an own key does.
  key_statements = var.kms_key_arn == null ? [] : [{
    Sid      = "UseTheKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = var.kms_key_arn
  }]
}

resource "aws_iam_role_policy" "server" {
  name = "add-and-read-backups"
  role = var.server_role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.list_statement, local.read_and_add_statement, local.remove_locks_statement],
      local.key_statements,
    )
  })
}

resource "aws_iam_role" "pruner" {
  count = length(var.pruner_principals) > 0 ? 1 : 0

  name                 = "${var.name}-backup-pruner"
  description          = "Deletes the snapshots that the keep rules of ${var.name} let go"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NamedPrincipals"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.pruner_principals }
    }]
  })

  tags = { Name = "${var.name}-backup-pruner" }
}

resource "aws_iam_role_policy" "pruner" {
  count = length(var.pruner_principals) > 0 ? 1 : 0

  name = "prune-backups"
  role = aws_iam_role.pruner[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.list_statement, local.read_and_add_statement, local.prune_statement],
      local.key_statements,
    )
  })
}
