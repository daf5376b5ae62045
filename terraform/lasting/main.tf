# What must outlive a server, one set for each environment (workspace): its address, its backups, and who may delete
# old ones. The root "server" can be destroyed and made again without touching any of it.

locals {
  name       = "memo-coach-${var.environment}"
  repository = "memo-coach" # the folder of the restic repository in the bucket
}

resource "aws_eip" "server" {
  #checkov:skip=CKV2_AWS_19:The root "server" puts it on the server's interface
  domain = "vpc"

  tags = { Name = local.name }

  lifecycle {
    # The address is in DNS records, in firewalls and in people's notes: it never goes by accident.
    prevent_destroy = true
  }
}

module "backup_bucket" {
  source = "../modules/private_bucket"

  bucket          = var.backup_bucket
  noncurrent_days = var.backup_noncurrent_days
  object_lock     = true
  retention_days  = var.backup_retention_days
  kms_key_arn     = var.kms_key_arn
}

# The server adds and reads (the root "server" says so). The pruner, which people assume from elsewhere, also deletes;
# even it cannot remove the versions that are kept.
resource "aws_iam_role" "pruner" {
  count = length(var.pruner_principals) > 0 ? 1 : 0

  name                 = "${local.name}-backup-pruner"
  description          = "Deletes the snapshots that the keep rules of ${local.name} let go"
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

  tags = { Name = "${local.name}-backup-pruner" }
}

resource "aws_iam_role_policy" "pruner" {
  count = length(aws_iam_role.pruner)

  name = "prune-backups"
  role = aws_iam_role.pruner[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "FindTheRepository"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
        Resource = module.backup_bucket.arn
      },
      {
        Sid      = "ReadAddAndPrune"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]
        Resource = ["${module.backup_bucket.arn}/${local.repository}/*", "${module.backup_bucket.arn}/${local.repository}-archive/*"]
      },
      ], var.kms_key_arn == null ? [] : [{
        Sid      = "UseTheKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
    }])
  })
}

check "old_snapshots_can_be_pruned" {
  assert {
    condition     = length(var.pruner_principals) > 0
    error_message = "pruner_principals is empty: no role may delete old snapshots, so the backups grow without end."
  }
}

output "ipv4_address" {
  description = "The address of the environment's server: point the site's name at it."
  value       = aws_eip.server.public_ip
}

output "backup_pruner_role_arn" {
  description = "The role that may delete old snapshots; null when nobody is named to assume it."
  value       = one(aws_iam_role.pruner[*].arn)
}
