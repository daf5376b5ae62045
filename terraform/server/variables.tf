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

variable "site_host" {
  description = "Full name of the site, without a trailing dot."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.site_host) <= 253 && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.site_host))
    error_message = "The site's host is a full name in lower case, such as memo.example.org."
  }
}

variable "acme_email" {
  description = "Address to which the certificate authority writes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@[:space:]'\"]+@[^@[:space:]'\"]+\\.[a-z]{2,}$", var.acme_email))
    error_message = "The address is one for e-mail, such as admin@example.org."
  }
}

variable "vpc_network" {
  description = "IPv4 network of the VPC, in CIDR notation, with a prefix between /16 and /24. Its one subnet is a sixteenth of it."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_network)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_network))
    error_message = "The network of the VPC is an IPv4 network with a prefix between /16 and /24, such as 10.20.0.0/16."
  }

  validation {
    condition     = try(cidrsubnet(var.vpc_network, 0, 0) == var.vpc_network, false)
    error_message = "The network of the VPC is given by its first address, such as 10.20.0.0/16."
  }
}

variable "ssh_allowed_networks" {
  description = "IPv4 and IPv6 networks, in CIDR notation, from which SSH is reachable. Never the whole internet."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.ssh_allowed_networks) > 0
    error_message = "At least one network must be named, or nobody can manage the server."
  }

  validation {
    # The same function that makes subnets gives a network's canonical form: this refuses what is no
    # network, host bits that are set, and long spellings of IPv6.
    condition     = alltrue([for network in var.ssh_allowed_networks : try(cidrsubnet(network, 0, 0) == network, false)])
    error_message = "Each network is written by its first address and prefix, such as 203.0.113.7/32 or 2001:db8:7::/48."
  }

  validation {
    # Not only 0.0.0.0/0 and ::/0: two halves of the internet are the whole internet.
    condition = alltrue([
      for network in var.ssh_allowed_networks :
      try(tonumber(split("/", network)[1]) >= (strcontains(network, ":") ? 32 : 8), false)
    ])
    error_message = "SSH is for named networks: the prefix is at least /8 (IPv4) or /32 (IPv6); 0.0.0.0/0 and ::/0 are refused."
  }
}

variable "flow_logs" {
  description = "Whether the connections accepted and refused by the VPC are recorded in CloudWatch Logs for a year (costs by volume)."
  type        = bool
  nullable    = false
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
  default     = "136693071363"
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
  description = "KMS key that encrypts the root volume and the backups; null for the account's own key that AWS manages."
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

variable "backup_bucket" {
  description = "Name of the backup bucket, which the root \"lasting\" has made."
  type        = string
  nullable    = false

  validation {
    # No dots: a name with dots does not fit the certificate of S3's host names.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.backup_bucket))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "backup_endpoint" {
  description = "Address of the S3 service that the server sends backups to; null for that of the region in AWS."
  type        = string
  default     = null

  validation {
    condition     = var.backup_endpoint == null ? true : can(regex("^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", var.backup_endpoint))
    error_message = "The endpoint reads like https://s3.example.org, without a path."
  }
}

variable "dns_zone_id" {
  description = "Id of the Route 53 hosted zone that holds the site's name; null to make no records."
  type        = string
  default     = null

  validation {
    condition     = var.dns_zone_id == null ? true : can(regex("^Z[A-Z0-9]{6,31}$", var.dns_zone_id))
    error_message = "A hosted zone's id is a Z followed by capitals and digits."
  }
}

variable "certificate_issuers" {
  description = "Domains of the authorities that may issue certificates for the site."
  type        = list(string)
  default     = ["letsencrypt.org"]
  nullable    = false

  validation {
    condition     = length(var.certificate_issuers) > 0 && alltrue([for issuer in var.certificate_issuers : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", issuer))])
    error_message = "At least one authority is named by its domain, such as letsencrypt.org."
  }
}
