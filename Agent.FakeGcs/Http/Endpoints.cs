using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>The stand-in's table of contents: which class answers what.</summary>
internal sealed class Endpoints(
    BucketEndpoints buckets,
    ObjectEndpoints objects,
    UploadEndpoints uploads,
    ResumableEndpoints resumable,
    IdentityEndpoints identity,
    EmulatorEndpoints emulator)
{
    public async Task<Reply> HandleAsync(Exchange exchange, GcsException? malformed) => exchange.Route.Call switch
    {
        GcsCall.BucketInsert => await buckets.InsertAsync(exchange),
        GcsCall.BucketGet => buckets.Get(exchange),
        GcsCall.BucketList => buckets.List(exchange),
        GcsCall.BucketPatch or GcsCall.BucketUpdate => await buckets.ChangeAsync(exchange),
        GcsCall.BucketDelete => buckets.Delete(exchange),
        GcsCall.BucketLock => buckets.LockRetention(exchange),
        GcsCall.BucketTestPermissions => buckets.TestPermissions(exchange),
        GcsCall.BucketGetIamPolicy => buckets.GetIamPolicy(exchange),
        GcsCall.ProjectGetIamPolicy => buckets.GetProjectPolicy(exchange),
        GcsCall.ObjectInsert when exchange.Query("uploadType") == "resumable" => await resumable.StartAsync(exchange),
        GcsCall.ObjectInsert => await uploads.InsertAsync(exchange, malformed),
        GcsCall.UploadChunk => await resumable.PutAsync(exchange),
        GcsCall.UploadCancel => await resumable.CancelAsync(exchange),
        GcsCall.ObjectGet => objects.Get(exchange),
        GcsCall.ObjectDownload => objects.Download(exchange),
        GcsCall.ObjectList => objects.List(exchange),
        GcsCall.ObjectPatch or GcsCall.ObjectUpdate => await objects.PatchAsync(exchange),
        GcsCall.ObjectDelete => objects.Delete(exchange),
        GcsCall.ObjectCompose or GcsCall.ObjectRewrite or GcsCall.ObjectCopy or GcsCall.ObjectMove => objects.RefuseDerived(exchange),
        GcsCall.Token => await identity.TokenAsync(exchange),
        GcsCall.SecurityToken => await identity.ExchangeAsync(exchange),
        GcsCall.ImpersonatedToken => await identity.ImpersonateAsync(exchange),
        GcsCall.Metadata => identity.Metadata(exchange),
        GcsCall.Emulator => await emulator.HandleAsync(exchange),
        GcsCall.Unimplemented => throw GcsErrors.NotImplemented(exchange.Route.Argument ?? exchange.Path),
        _ => throw GcsErrors.NotFound(),
    };
}
