using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.BucketContract;

/// <summary>The contract by the JSON API, with and without a prefix.</summary>
[TestFixture("gs://audit")]
[TestFixture("gs://audit/k8s/prod eu%2Fü")]
internal sealed class GcsBucketContractTests(string location) : BucketContractTests
{
    private GcsBed bed = null!; // set before each test
    private GcsBucket bucket = null!;

    protected override IBucket Bucket => bucket;

    [SetUp]
    public async Task SetUpAsync()
    {
        bed = await GcsBed.StartAsync();
        bucket = bed.Open(location);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        bucket.Dispose();
        await bed.DisposeAsync();
    }
}
