using Google.Apis.Util;

namespace Sealtail.Buckets.Credentials;

/// <summary>Our clock in the library's clothes.</summary>
internal sealed class TimeProviderClock(TimeProvider time) : IClock
{
    public DateTime Now => time.GetLocalNow().DateTime;

    public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
}
