# The server's identity in AWS. It adds and reads backups: someone who takes the server over cannot delete a snapshot
# (S3 cannot tell adding from overwriting, so the bucket keeps versions). Old ones are deleted by the pruner of "lasting".

resource "aws_iam_role" "server" {
  name        = "${local.name}-server"
  description = "The identity of the server of ${local.name}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Ec2"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = { Name = "${local.name}-server" }
}

resource "aws_iam_instance_profile" "server" {
  name = "${local.name}-server"
  role = aws_iam_role.server.name

  tags = { Name = "${local.name}-server" }
}

locals {
  bucket_arn      = "arn:${data.aws_partition.current.partition}:s3:::${var.backup_bucket}"
  repository_path = "${var.backup_bucket}/memo-coach"
  repository_arn  = "${local.bucket_arn}/memo-coach"
  archive_path    = "${var.backup_bucket}/memo-coach-archive"
  archive_arn     = "${local.bucket_arn}/memo-coach-archive"
}

resource "aws_iam_role_policy" "server" {
  name = "add-and-read-backups"
  role = aws_iam_role.server.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "FindTheRepository"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
        Resource = local.bucket_arn
      },
      {
        Sid      = "ReadAndAdd"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
        Resource = ["${local.repository_arn}/*", "${local.archive_arn}/*"]
      },
      {
        # restic's locks are the only objects that a backup removes.
        Sid      = "RemoveLocks"
        Effect   = "Allow"
        Action   = "s3:DeleteObject"
        Resource = "${local.repository_arn}/locks/*"
      },
      {
        # Each base backup begins so; on S3 nothing ever has that name.
        Sid      = "RemoveTheNameOfTheNewest"
        Effect   = "Allow"
        Action   = "s3:DeleteObject"
        Resource = "${local.archive_arn}/backup/*/latest"
      },
      # The key that AWS manages needs no leave; an own key does.
      ], var.kms_key_arn == null ? [] : [{
        Sid      = "UseTheKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
    }])
  })
}
