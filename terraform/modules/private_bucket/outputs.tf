output "name" {
  description = "The bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "The bucket, as policies name it."
  value       = local.arn
}
