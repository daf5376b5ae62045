variable "zone_id" {
  description = "Id of the Route 53 hosted zone that holds the site's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]{6,31}$", var.zone_id))
    error_message = "A hosted zone's id is a Z followed by capitals and digits."
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

variable "ipv4_address" {
  description = "The server's public IPv4 address."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask("${var.ipv4_address}/32"))
    error_message = "The address is an IPv4 address."
  }
}

variable "certificate_issuers" {
  description = "Domains of the authorities that may issue certificates for the site."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.certificate_issuers) > 0 && alltrue([for issuer in var.certificate_issuers : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", issuer))])
    error_message = "At least one authority is named by its domain, such as letsencrypt.org."
  }
}
