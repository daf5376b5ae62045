# One ready backend.hcl per environment: terraform output -raw staging_backend > ../environments/staging/backend.hcl

locals {
  # With encrypt = true and no key, S3 encrypts with its own keys; an own key must be named for each object.
  key_line = var.kms_key_arn == null ? "" : "kms_key_id   = \"${var.kms_key_arn}\"\n"

  backend = {
    for environment in ["staging", "production"] : environment => <<-EOT
      bucket       = "${aws_s3_bucket.state.id}"
      key          = "memo-coach/${environment}.tfstate"
      region       = "${var.region}"
      encrypt      = true
      use_lockfile = true
      ${local.key_line}
    EOT
  }
}

output "staging_backend" {
  description = "Text of environments/staging/backend.hcl."
  value       = "${trimspace(local.backend.staging)}\n"
}

output "production_backend" {
  description = "Text of environments/production/backend.hcl."
  value       = "${trimspace(local.backend.production)}\n"
}
