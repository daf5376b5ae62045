# What the first boot does, and all it does: one administrator with keys. Python, which Ansible needs, is in
# Debian's cloud images because cloud-init itself runs on it. Nothing secret is ever in here: user data can be
# read by everything that runs on the server, and stands in the state.

locals {
  user_data = "#cloud-config\n${yamlencode({
    # No entry "default": the image's own account is not made.
    users = [{
      name                = var.administrator
      gecos               = "Administrator"
      groups              = ["sudo"]
      shell               = "/bin/bash"
      lock_passwd         = true
      sudo                = "ALL=(ALL) NOPASSWD:ALL"
      ssh_authorized_keys = var.administrator_keys
    }]
    disable_root = true
    ssh_pwauth   = false
  })}"
}
