variable "name" {
  description = "Name of the installation; the names of all resources start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 32 characters: lower-case letters, digits and hyphens, a letter first."
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
