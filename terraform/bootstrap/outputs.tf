# A ready backend.hcl for each of the two roots: terraform output -raw server_backend > ../environments/production/backend.hcl

locals {
  # With encrypt = true and no key, S3 encrypts with its own keys; an own key must be named for each object.
  key_line = var.kms_key_arn == null ? "" : "kms_key_id   = \"${var.kms_key_arn}\"\n"

  backend = {
    for root in ["lasting", "server"] : root => <<-EOT
      bucket       = "${module.state_bucket.name}"
      key          = "memo-coach/${root}.tfstate"
      region       = "${var.region}"
      encrypt      = true
      use_lockfile = true
      ${local.key_line}
    EOT
  }
}

output "lasting_backend" {
  description = "Text of lasting/backend.hcl."
  value       = "${trimspace(local.backend.lasting)}\n"
}

output "server_backend" {
  description = "Text of environments/production/backend.hcl, and of staging's."
  value       = "${trimspace(local.backend.server)}\n"
}
