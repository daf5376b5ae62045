variable "name" {
  description = "Name of the installation; the names of all resources start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 32 characters: lower-case letters, digits and hyphens, a letter first."
  }
}

variable "subnet_id" {
  description = "The public subnet that the server stands in."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.subnet_id, "subnet-")
    error_message = "A subnet's id starts with subnet-."
  }
}

variable "security_group_id" {
  description = "The security group that says what reaches the server."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.security_group_id, "sg-")
    error_message = "A security group's id starts with sg-."
  }
}

variable "architecture" {
  description = "Processor architecture of the server and its image: x86_64 or arm64."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture is x86_64 or arm64."
  }
}

variable "instance_type" {
  description = "EC2 instance type, of the same architecture; the stack needs 2 cores and 2 GiB."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "An instance type reads like t3.small."
  }
}

variable "image_owner" {
  description = "AWS account that publishes the server's image; Debian's own is 136693071363."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.image_owner))
    error_message = "An AWS account is named by 12 digits."
  }
}

variable "image_name" {
  description = "Name of the image, * for any text; null for Debian 13 of the architecture. The newest that fits is taken."
  type        = string
  default     = null

  validation {
    condition     = var.image_name == null ? true : can(regex("^[A-Za-z0-9().\\[\\]_/ '@*-]{3,128}$", var.image_name))
    error_message = "An image's name has 3 to 128 letters, digits and ()[].-_/ '@, and * for any text."
  }
}

variable "root_volume_size" {
  description = "Size of the root volume in GiB."
  type        = number
  nullable    = false

  validation {
    condition     = var.root_volume_size >= 16 && var.root_volume_size <= 16384 && floor(var.root_volume_size) == var.root_volume_size
    error_message = "The root volume has a whole number of GiB from 16 to 16384."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the root volume; null for the account's own key that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "A KMS key is named by its full ARN, arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "termination_protection" {
  description = "Whether AWS refuses to terminate the server until this is set to false and applied."
  type        = bool
  nullable    = false
}

variable "administrator" {
  description = "Name of the one administrator's account on the server."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_-]{0,30}$", var.administrator)) && !contains(["root", "admin", "debian", "daemon", "nobody"], var.administrator)
    error_message = "The administrator is a person's account: lower-case letters, digits, _ and -, a letter first, not root, admin or debian."
  }
}

variable "administrator_keys" {
  description = "SSH public keys of the administrator, one line each as in a .pub file: Ed25519 (also of a security key), or RSA of at least 3072 bits."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.administrator_keys) > 0
    error_message = "At least one public key must be given, or nobody can enter the server."
  }

  validation {
    # 3072 bits of RSA are 544 characters of base64; a private key has none of these beginnings.
    condition = alltrue([
      for key in var.administrator_keys :
      can(regex("^(ssh-ed25519|sk-ssh-ed25519@openssh\\.com) AAAA[A-Za-z0-9+/]{60,400}={0,2}( [^\\n\\r]*)?$", key)) ||
      can(regex("^ssh-rsa AAAA[A-Za-z0-9+/]{530}[A-Za-z0-9+/]{0,1000}={0,2}( [^\\n\\r]*)?$", key))
    ])
    error_message = "Each key is one line of a .pub file: ssh-ed25519, sk-ssh-ed25519, or ssh-rsa of at least 3072 bits. Never give a private key."
  }
}
