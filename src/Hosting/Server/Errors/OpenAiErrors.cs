namespace Decant.Hosting.Server;

/// <summary>Metadata of endpoints whose errors have OpenAI's shape. Those of others are problem details (RFC 9457).</summary>
internal sealed class OpenAiErrors;
