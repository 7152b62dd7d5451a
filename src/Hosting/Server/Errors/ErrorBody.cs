using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>OpenAI's error response.</summary>
internal sealed record ErrorBody(ErrorBody.Details Error)
{
    public static ErrorBody Of(ApiError error) => new(new Details(error.Message, error.Type, error.Param, error.Code));

    internal sealed record Details(
        string Message, string Type,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
}
