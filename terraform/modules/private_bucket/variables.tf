variable "bucket" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string
  nullable    = false

  validation {
    # No dots: a name with dots does not fit the certificate of S3's host names.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "noncurrent_days" {
  description = "Days for which an overwritten or deleted object can still be brought back."
  type        = number
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 7 && var.noncurrent_days <= 3650 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "Earlier versions stay for a whole number of days from 7 to 3650."
  }
}

variable "object_lock" {
  description = "Whether the bucket can hold versions that nobody removes before their time (Object Lock)."
  type        = bool
  nullable    = false
}

variable "retention_days" {
  description = "Days for which no version of an object can be removed, by anybody without special leave (governance mode); 0 for none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.retention_days >= 0 && var.retention_days <= 365 && floor(var.retention_days) == var.retention_days
    error_message = "Object Lock holds for a whole number of days from 0 (off) to 365."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects; null for the account's own key that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "A KMS key is named by its full ARN, arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}
