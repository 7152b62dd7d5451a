using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How traces are written.</summary>
[JsonSerializable(typeof(DecodingTrace))]
[JsonSerializable(typeof(TracedToken))]
[JsonSerializable(typeof(TracedStage))]
[JsonSerializable(typeof(TracedBranch))]
[JsonSerializable(typeof(TokenProbability))]
internal sealed partial class TraceJson : JsonSerializerContext;
