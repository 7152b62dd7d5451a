using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>Reads requests.</summary>
internal static class RequestBody
{
    /// <exception cref="ApiException">The body is not JSON, or not what it should be; the message says where.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : KnownMembers
    {
        if (!context.Request.HasJsonContentType()) throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON: send the header Content-Type: application/json.");
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, OpenAiJson.Options, context.RequestAborted)
                ?? throw ApiException.Invalid("The body is null. Send a JSON object.", null);
        }
        catch (JsonException exception)
        {
            var path = exception.Path is { Length: > 2 } given ? given[2..] : null;
            throw ApiException.Invalid($"The body cannot be read at {path ?? "its beginning"}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}: it is no JSON there, a value of another kind than this member has, or a text that is no Unicode.", path);
        }
    }
}
