# The bucket that holds the state of all environments. Applied once per account, with local state; the lock of a
# run is an object beside its state (use_lockfile), which a run must be able to delete: no Object Lock here.

module "state_bucket" {
  source = "../modules/private_bucket"

  bucket          = var.state_bucket
  noncurrent_days = var.noncurrent_days
  object_lock     = false
  kms_key_arn     = var.kms_key_arn
}

# An installation of before had these here by themselves.
moved {
  from = aws_s3_bucket.state
  to   = module.state_bucket.aws_s3_bucket.this
}

moved {
  from = aws_s3_bucket_versioning.state
  to   = module.state_bucket.aws_s3_bucket_versioning.this
}

moved {
  from = aws_s3_bucket_server_side_encryption_configuration.state
  to   = module.state_bucket.aws_s3_bucket_server_side_encryption_configuration.this
}

moved {
  from = aws_s3_bucket_public_access_block.state
  to   = module.state_bucket.aws_s3_bucket_public_access_block.this
}

moved {
  from = aws_s3_bucket_ownership_controls.state
  to   = module.state_bucket.aws_s3_bucket_ownership_controls.this
}

moved {
  from = aws_s3_bucket_policy.state
  to   = module.state_bucket.aws_s3_bucket_policy.this
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.state
  to   = module.state_bucket.aws_s3_bucket_lifecycle_configuration.this
}
