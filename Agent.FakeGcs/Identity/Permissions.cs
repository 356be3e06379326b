using System.Collections.Frozen;

namespace Sealtail.FakeGcs.Identity;

/// <summary>The permissions the stand-in asks for, and the sets that matter to a shipper of logs.</summary>
internal static class Permissions
{
    public const string ObjectsCreate = "storage.objects.create";
    public const string ObjectsGet = "storage.objects.get";
    public const string ObjectsList = "storage.objects.list";
    public const string ObjectsUpdate = "storage.objects.update";
    public const string ObjectsDelete = "storage.objects.delete";
    public const string ObjectsSetRetention = "storage.objects.setRetention";
    public const string ObjectsOverrideRetention = "storage.objects.overrideUnlockedRetention";
    public const string BucketsCreate = "storage.buckets.create";
    public const string BucketsGet = "storage.buckets.get";
    public const string BucketsList = "storage.buckets.list";
    public const string BucketsUpdate = "storage.buckets.update";
    public const string BucketsDelete = "storage.buckets.delete";
    public const string BucketsSetIamPolicy = "storage.buckets.setIamPolicy";
    public const string BucketsGetIamPolicy = "storage.buckets.getIamPolicy";
    public const string ProjectsGetIamPolicy = "resourcemanager.projects.getIamPolicy";
    public const string BucketsEnableObjectRetention = "storage.buckets.enableObjectRetention";
    public const string ImpersonateAccounts = "iam.serviceAccounts.getAccessToken";

    public static readonly FrozenSet<string> None = [];

    public static readonly FrozenSet<string> All =
    [
        ObjectsCreate, ObjectsGet, ObjectsList, ObjectsUpdate, ObjectsDelete, ObjectsSetRetention, ObjectsOverrideRetention,
        BucketsCreate, BucketsGet, BucketsList, BucketsUpdate, BucketsDelete, BucketsSetIamPolicy, BucketsGetIamPolicy, BucketsEnableObjectRetention,
        ProjectsGetIamPolicy,
        ImpersonateAccounts,
    ];

    /// <summary>roles/storage.objectCreator: enough to ship, not enough to look.</summary>
    public static readonly FrozenSet<string> ObjectCreator = [ObjectsCreate];

    /// <summary>roles/storage.objectViewer.</summary>
    public static readonly FrozenSet<string> ObjectViewer = [ObjectsGet, ObjectsList];
}
