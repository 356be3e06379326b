locals {
  objects   = "projects/_/buckets/${var.bucket}/objects/"
  base      = var.prefix == "" ? "" : "${var.prefix}/"
  principal = "iam.googleapis.com/${google_iam_workload_identity_pool.nodes.name}"
  confirmed = "lock ${var.bucket} for ${var.retention_days} days, for ever"

  # A node's chunks, manifests and checkpoints, and the objects of drills that try the agent's identity. The names are those of docs/format.md.
  node_conditions = {
    for node in var.nodes : node => join(" || ", [
      "resource.name.startsWith(\"${local.objects}${local.base}v1/chunks/cluster=${var.cluster}/node=${node}/\")",
      "resource.name.startsWith(\"${local.objects}${local.base}v1/manifests/${var.cluster}/${node}/\")",
      "resource.name.startsWith(\"${local.objects}${local.base}v1/checkpoints/${var.cluster}/${node}/\")",
      "resource.name.startsWith(\"${local.objects}${local.base}v1/drill/\")",
    ])
  }
  cluster_condition = join(" || ", [
    "resource.name.startsWith(\"${local.objects}${local.base}v1/chunks/cluster=${var.cluster}/\")",
    "resource.name.startsWith(\"${local.objects}${local.base}v1/manifests/${var.cluster}/\")",
    "resource.name.startsWith(\"${local.objects}${local.base}v1/checkpoints/${var.cluster}/\")",
    "resource.name.startsWith(\"${local.objects}${local.base}v1/drill/\")",
  ])
}

resource "google_project_service" "used" {
  for_each = toset(["storage.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com", "monitoring.googleapis.com", "logging.googleapis.com"])

  project            = var.project_id
  service            = each.value
  disable_on_destroy = false
}

resource "google_storage_bucket" "audit" {
  project       = var.project_id
  name          = var.bucket
  location      = var.location
  storage_class = "STANDARD"
  force_destroy = false

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  retention_policy {
    retention_period = var.retention_days * 86400
    is_locked        = var.lock_retention
  }

  # In a bucket with versions an overwrite or a delete of a retained object succeeds and hides it.
  versioning {
    enabled = false
  }

  # Retention refuses deletes already; soft-deleted copies would only be paid for.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  dynamic "encryption" {
    for_each = var.kms_key == "" ? [] : [var.kms_key]
    content {
      default_kms_key_name = encryption.value
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.delete_after_days == 0 ? [] : [var.delete_after_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = !var.lock_retention || var.confirm_lock == local.confirmed
      error_message = "Locking cannot be undone. To do it set confirm_lock to: ${local.confirmed}"
    }
    precondition {
      condition     = var.delete_after_days == 0 || var.delete_after_days >= var.retention_days
      error_message = "delete_after_days must not be below retention_days."
    }
  }

  depends_on = [google_project_service.used]
}

# What storage.objects.create alone cannot do: read, list, overwrite, delete, choose a retention.
resource "google_project_iam_custom_role" "writer" {
  project     = var.project_id
  role_id     = "sealtailWriter"
  title       = "Sealtail writer"
  description = "Creates objects, and nothing more."
  permissions = ["storage.objects.create"]
}

resource "google_project_iam_custom_role" "looker" {
  count = var.allow_bucket_get ? 1 : 0

  project     = var.project_id
  role_id     = "sealtailRetentionViewer"
  title       = "Sealtail retention viewer"
  description = "Sees the bucket's retention policy and its lock."
  permissions = ["storage.buckets.get"]
}

resource "google_project_iam_custom_role" "auditor" {
  project     = var.project_id
  role_id     = "sealtailAuditor"
  title       = "Sealtail auditor"
  description = "Reads and lists objects, and sees the bucket's retention and who may do what with it."
  permissions = ["storage.objects.get", "storage.objects.list", "storage.buckets.get", "storage.buckets.getIamPolicy"]
}

# Each node writes its own streams: a stolen token of one cannot forge another's.
resource "google_storage_bucket_iam_member" "node" {
  for_each = var.nodes

  bucket = google_storage_bucket.audit.name
  role   = google_project_iam_custom_role.writer.name
  member = "principalSet://${local.principal}/attribute.node/${each.value}"

  condition {
    title      = "streams of ${each.value}"
    expression = local.node_conditions[each.value]
  }
}

resource "google_storage_bucket_iam_member" "cluster" {
  count = length(var.nodes) == 0 ? 1 : 0

  bucket = google_storage_bucket.audit.name
  role   = google_project_iam_custom_role.writer.name
  member = "principal://${local.principal}/subject/system:serviceaccount:${var.namespace}:${var.service_account}"

  condition {
    title      = "streams of ${var.cluster}"
    expression = local.cluster_condition
  }
}

resource "google_storage_bucket_iam_member" "looker" {
  count = var.allow_bucket_get ? 1 : 0

  bucket = google_storage_bucket.audit.name
  role   = google_project_iam_custom_role.looker[0].name
  member = "principal://${local.principal}/subject/system:serviceaccount:${var.namespace}:${var.service_account}"
}

resource "google_storage_bucket_iam_member" "auditor" {
  for_each = var.auditors

  bucket = google_storage_bucket.audit.name
  role   = google_project_iam_custom_role.auditor.name
  member = each.value
}

# Who read, listed or tried to change: in the project's own audit log, which keeps admin activity in any case.
resource "google_project_iam_audit_config" "storage" {
  project = var.project_id
  service = "storage.googleapis.com"

  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}
