output "bucket" {
  description = "The backup bucket."
  value       = aws_s3_bucket.backup.id
}

output "repository_path" {
  description = "The repository as restic's S3 backend writes it after the endpoint: BUCKET/FOLDER."
  value       = "${aws_s3_bucket.backup.id}/${var.repository}"
}

output "pruner_role_arn" {
  description = "The role that may delete old snapshots; null when nobody is named to assume it."
  value       = one(aws_iam_role.pruner[*].arn)
}
