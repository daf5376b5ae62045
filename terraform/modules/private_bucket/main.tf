# A bucket that nobody reaches but those whom an IAM policy names, over TLS, encrypted, with its earlier versions kept
# for a while. It refuses to be destroyed. Both buckets of the installation are made by this.

data "aws_partition" "current" {}

locals {
  arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access logs need a second bucket; few identities may read, and each is named
  #checkov:skip=CKV_AWS_144:A second region is the operator's choice and its cost; earlier versions are kept
  #checkov:skip=CKV2_AWS_62:Nothing waits for events of these buckets
  bucket              = var.bucket
  object_lock_enabled = var.object_lock

  tags = { Name = var.bucket }

  lifecycle {
    # What is in it is what is left when everything else is gone.
    prevent_destroy = true
    # Said when a bucket is made, and never again: on one that is there the configuration below switches it on.
    ignore_changes = [object_lock_enabled]
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for sid, condition in {
        OnlyOverTls       = { Bool = { "aws:SecureTransport" = "false" } }
        OnlyOverModernTls = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
        } : {
        Sid       = sid
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.arn, "${local.arn}/*"]
        Condition = condition
      }
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "forget-earlier-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# Without a retention nothing is held; with one, only what is added from then on.
resource "aws_s3_bucket_object_lock_configuration" "this" {
  count = var.object_lock ? 1 : 0

  bucket = aws_s3_bucket.this.id

  dynamic "rule" {
    for_each = var.retention_days > 0 ? [var.retention_days] : []

    content {
      default_retention {
        mode = "GOVERNANCE"
        days = rule.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
