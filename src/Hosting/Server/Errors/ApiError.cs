using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>What a caller is told of a failure.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Param">The member of the request that is at fault, or null.</param>
/// <param name="Code">A word for programs, or null.</param>
/// <param name="RetryAfter">When to try again, or null.</param>
internal sealed record ApiError(int Status, string Message, string? Param = null, string? Code = null, TimeSpan? RetryAfter = null)
{
    /// <summary>OpenAI's word for the kind of failure.</summary>
    public string Type => Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
