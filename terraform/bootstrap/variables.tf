variable "region" {
  description = "AWS region of the state bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region reads like eu-central-1."
  }
}

variable "state_bucket" {
  description = "Name of the bucket that holds Terraform's state, unique in all of AWS."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "noncurrent_days" {
  description = "Days for which an earlier state can still be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 30 && var.noncurrent_days <= 3650 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "Earlier states stay for a whole number of days from 30 to 3650."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the state; null for the account's own key that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "A KMS key is named by its full ARN, arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}
