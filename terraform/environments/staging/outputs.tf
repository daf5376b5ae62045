locals {
  backup_endpoint   = coalesce(var.backup_endpoint, "https://s3.${var.region}.amazonaws.com")
  restic_repository = "s3:${local.backup_endpoint}/${module.backup.repository_path}"

  inventory = {
    memo_coach = {
      hosts = {
        memo-coach = {
          ansible_host              = module.server.ipv4_address
          ansible_user              = var.administrator
          administrator             = var.administrator
          administrator_keys        = var.administrator_keys
          ssh_allowed_networks      = var.ssh_allowed_networks
          site_host                 = var.site_host
          acme_email                = var.acme_email
          time_servers              = ["169.254.169.123"] # Amazon's own, inside every VPC
          restic_repository         = local.restic_repository
          backup_credentials_source = "instance_role"
        }
      }
    }
  }
}

locals {
  name_to_point = "Point ${var.site_host} at it: an A record to ${module.server.ipv4_address}."
  name_step     = var.dns_zone_id == null ? local.name_to_point : "${var.site_host} points at it within five minutes."
}

output "ansible_inventory" {
  description = "Ansible's inventory: terraform output -raw ansible_inventory > inventory.yml"
  value       = yamlencode(local.inventory)
}

output "ipv4_address" {
  description = "The server's public IPv4 address."
  value       = module.server.ipv4_address
}

output "ipv6_address" {
  description = "The server's public IPv6 address."
  value       = module.server.ipv6_address
}

output "restic_repository" {
  description = "Where the backups are, as restic writes it."
  value       = local.restic_repository
}

output "backup_pruner_role_arn" {
  description = "The role that may delete old snapshots; null when nobody is named to assume it."
  value       = module.backup.pruner_role_arn
}

output "next_steps" {
  description = "What to do now."
  value       = <<-EOT
    The server of ${var.environment} is at ${module.server.ipv4_address} (IPv6 ${module.server.ipv6_address}).

    1. ${local.name_step}
    2. Wait for the first boot: ssh ${var.administrator}@${module.server.ipv4_address} cloud-init status --wait
    3. Write the inventory: terraform output -raw ansible_inventory > ../../../ansible/inventory.yml
    4. Set the server up, in the folder ansible: ansible-playbook -i inventory.yml site.yml --ask-vault-pass
  EOT
}
