# What someone with rights on the bucket would do, told by the store's own audit log: it does not pass through any node.
locals {
  watched = {
    refused-deletes = {
      title  = "Somebody tried to delete or replace an audit object"
      filter = "protoPayload.methodName=(\"storage.objects.delete\" OR \"storage.objects.update\" OR \"storage.objects.patch\")"
    }
    bucket-changes = {
      title  = "The audit bucket, its retention or its access was changed"
      filter = "protoPayload.methodName=(\"storage.buckets.update\" OR \"storage.buckets.patch\" OR \"storage.buckets.delete\" OR \"storage.setIamPermissions\")"
    }
    denied = {
      title  = "Access to the audit bucket was denied"
      filter = "protoPayload.status.code=7"
    }
  }
}

resource "google_logging_metric" "watched" {
  for_each = local.watched

  project = var.project_id
  name    = "sealtail/${each.key}"
  filter  = "resource.type=\"gcs_bucket\" AND resource.labels.bucket_name=\"${var.bucket}\" AND ${each.value.filter}"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }

  depends_on = [google_project_service.used]
}

resource "google_monitoring_alert_policy" "watched" {
  for_each = length(var.notification_channels) == 0 ? {} : local.watched

  project               = var.project_id
  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = "resource.type = \"gcs_bucket\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.watched[each.key].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_SUM"
      }
    }
  }

  documentation {
    content   = "See docs/bucket.md: what each of these means, and what to do."
    mime_type = "text/markdown"
  }
}
