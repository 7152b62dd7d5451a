using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>Answers a request with an error, in the shape that the endpoint's callers know.</summary>
internal static class ErrorWriter
{
    public static Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";

        // What is left of the body nobody reads, so the connection cannot be used again.
        if (error.Status == StatusCodes.Status413PayloadTooLarge) response.Headers.Connection = "close";
        if (error.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return context.GetEndpoint()?.Metadata.GetMetadata<OpenAiErrors>() is null
            ? Results.Problem(error.Message, statusCode: error.Status).ExecuteAsync(context)
            : response.WriteAsJsonAsync(ErrorBody.Of(error), OpenAiJson.Options);
    }
}
