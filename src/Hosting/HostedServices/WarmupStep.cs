namespace Decant.Hosting;

/// <summary>What the host does to have a registered model ready.</summary>
/// <param name="IsWanted">Whether its settings ask for it.</param>
/// <param name="RunAsync">Loads the model and runs it once. Logs what goes wrong.</param>
internal sealed record WarmupStep(Func<IServiceProvider, bool> IsWanted, Func<IServiceProvider, CancellationToken, Task> RunAsync);
