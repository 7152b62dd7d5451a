using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>A request that is refused.</summary>
internal sealed class ApiException(int status, string message, string? param = null, string? code = null, TimeSpan? retryAfter = null) : Exception(message)
{
    public ApiError Error { get; } = new(status, message, param, code, retryAfter);

    /// <summary>A request that says something it should not.</summary>
    public static ApiException Invalid(string message, string? param) => new(StatusCodes.Status400BadRequest, message, param);

    /// <summary>Reads one member; what is wrong with it is reported under its name.</summary>
    public static T Within<T>(string param, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Invalid(ErrorMapper.Message(exception), param);
        }
    }
}
