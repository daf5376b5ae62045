variable "region" {
  description = "AWS region of the installation."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region reads like eu-central-1."
  }
}

variable "environment" {
  description = "Which environment this is: staging or production, the same as the workspace."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment is staging or production."
  }

  validation {
    condition     = var.environment == terraform.workspace
    error_message = "These are the values of ${var.environment}, and the workspace is ${terraform.workspace}: terraform workspace select -or-create ${var.environment}"
  }
}

variable "backup_bucket" {
  description = "Name of the backup bucket, unique in all of AWS."
  type        = string
  nullable    = false
}

variable "backup_noncurrent_days" {
  description = "Days for which an overwritten or deleted object of the backups can still be brought back."
  type        = number
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days for which no version of a backup's object can be removed, by anybody without special leave (Object Lock, governance mode); 0 for none."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the backups; null for the account's own key that AWS manages."
  type        = string
  default     = null
}

variable "pruner_principals" {
  description = "ARNs of the users and roles that may assume the role which deletes old snapshots. None: the role is not made."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for principal in var.pruner_principals :
      can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[A-Za-z0-9+=,.@_/-]+$", principal))
    ])
    error_message = "Each principal is the ARN of one IAM user or role: no wildcard and no whole account."
  }
}
