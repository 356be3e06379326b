namespace Sealtail.FakeGcs.Storage;

/// <summary>
/// What an identity without <c>storage.objects.delete</c> hears when it inserts an existing name with <c>ifGenerationMatch=0</c>.
/// Google documents neither, so a client must take both alike.
/// </summary>
internal enum ExistingNameAnswer
{
    /// <summary>412 conditionNotMet.</summary>
    PreconditionFailed,

    /// <summary>403 forbidden, naming storage.objects.delete.</summary>
    DeleteDenied,
}
