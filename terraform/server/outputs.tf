locals {
  backup_endpoint   = coalesce(var.backup_endpoint, "https://s3.${var.region}.amazonaws.com")
  restic_repository = "s3:${local.backup_endpoint}/${local.repository_path}"

  # pgBackRest speaks to a store by TLS alone.
  archive_repository = startswith(local.backup_endpoint, "https://") ? "s3:${local.backup_endpoint}/${local.archive_path}" : ""

  inventory = {
    memo_coach = {
      hosts = {
        memo-coach = {
          ansible_host       = data.aws_eip.lasting.public_ip
          ansible_user       = var.administrator
          administrator      = var.administrator
          administrator_keys = var.administrator_keys
          # The security group says from where SSH answers. So Terraform alone opens it again when an office's
          # address changes, while nobody can log in.
          ssh_allowed_networks      = ["0.0.0.0/0", "::/0"]
          deployment                = var.environment
          site_host                 = var.site_host
          acme_email                = var.acme_email
          time_servers              = ["169.254.169.123"] # Amazon's own, inside every VPC
          restic_repository         = local.restic_repository
          backup_credentials_source = "instance_role"
          archive_repository        = local.archive_repository
          archive_region            = var.region
        }
      }
    }
  }
}

locals {
  name_to_point = "Point ${var.site_host} at it: an A record to ${data.aws_eip.lasting.public_ip}."
  name_step     = var.dns_zone_id == null ? local.name_to_point : "${var.site_host} points at it within five minutes."
}

output "ansible_inventory" {
  description = "Ansible's inventory: terraform output -raw ansible_inventory > ../../ansible/inventories/ENVIRONMENT/hosts.yml"
  value       = yamlencode(local.inventory)
}

output "ipv4_address" {
  description = "The server's public IPv4 address."
  value       = data.aws_eip.lasting.public_ip
}

output "ipv6_address" {
  description = "The server's public IPv6 address."
  value       = one(aws_network_interface.server.ipv6_addresses)
}

output "restic_repository" {
  description = "Where the backups are, as restic writes it."
  value       = local.restic_repository
}

output "next_steps" {
  description = "What to do now."
  value       = <<-EOT
    The server of ${var.environment} is at ${data.aws_eip.lasting.public_ip} (IPv6 ${one(aws_network_interface.server.ipv6_addresses)}).

    1. ${local.name_step}
    2. Wait for the first boot: ssh ${var.administrator}@${data.aws_eip.lasting.public_ip} cloud-init status --wait
    3. Write the inventory: terraform output -raw ansible_inventory > ../../ansible/inventories/${var.environment}/hosts.yml
    4. Set the server up, in the folder ansible: ansible-playbook -i inventories/${var.environment} site.yml --ask-vault-pass
  EOT
}
