variable "name" {
  description = "Name of the installation; the names of all resources start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 32 characters: lower-case letters, digits and hyphens, a letter first."
  }
}

variable "bucket" {
  description = "Name of the backup bucket, unique in all of AWS."
  type        = string
  nullable    = false

  validation {
    # No dots: a name with dots does not fit the certificate of S3's host names.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "repository" {
  description = "Folder of the restic repository in the bucket."
  type        = string
  default     = "memo-coach"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,62}$", var.repository))
    error_message = "The folder has lower-case letters, digits and hyphens, and no slash."
  }
}

variable "server_role_name" {
  description = "Role of the server; it gets leave to add and read backups, not to delete them."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.server_role_name))
    error_message = "A role is given by its name, not by its ARN."
  }
}

variable "pruner_principals" {
  description = "ARNs of the users and roles that may assume the role which deletes old snapshots. None: the role is not made."
  type        = list(string)
  nullable    = false

  validation {
    condition = alltrue([
      for principal in var.pruner_principals :
      can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[A-Za-z0-9+=,.@_/-]+$", principal))
    ])
    error_message = "Each principal is the ARN of one IAM user or role: no wildcard and no whole account."
  }
}

variable "noncurrent_days" {
  description = "Days for which an overwritten or deleted object can still be brought back."
  type        = number
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 7 && var.noncurrent_days <= 3650 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "Deleted objects stay for a whole number of days from 7 to 3650."
  }
}

variable "object_lock_days" {
  description = "Days for which no version of an object can be removed, by anybody without special leave (Object Lock, governance mode); 0 for none."
  type        = number
  nullable    = false

  validation {
    condition     = var.object_lock_days >= 0 && var.object_lock_days <= 365 && floor(var.object_lock_days) == var.object_lock_days
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
