namespace Decant.Hosting;

/// <summary>The host is stopping and answers no new calls. Nothing was run.</summary>
public sealed class HostStoppingException()
    : InvalidOperationException("The host is stopping: running calls may end, new ones are not answered. Try again later.");
