namespace Decant.Connectors.Chat;

/// <summary>A client's load when it was looked at.</summary>
/// <param name="Model">The client's model id.</param>
/// <param name="Engine">The loaded model, which several clients may share.</param>
/// <param name="Load">The load.</param>
/// <param name="Window">What was seen when it was looked at before.</param>
internal sealed record ClientReading(string Model, object Engine, ClientLoad Load, BatchWindow Window);
