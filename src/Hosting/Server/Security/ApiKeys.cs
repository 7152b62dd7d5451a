using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Decant.Hosting.Server;

/// <summary>Knows whether a request brings one of the keys.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    private const string Scheme = "Bearer ";

    // Hashes are equally long, so that the time of a comparison tells nothing of a key, its length included.
    private readonly byte[][] _hashes = [.. keys.Select(key => Hash(key.Trim()))];

    /// <summary>Whether there are any.</summary>
    public bool Any => _hashes.Length > 0;

    /// <summary>Which of several keys a request brought, by its number; null where there are not several.</summary>
    public static string? OwnerOf(HttpContext context) => context.Items[typeof(ApiKeys)] as string;

    /// <exception cref="ApiException">It does not, where there are keys.</exception>
    public void Check(HttpRequest request)
    {
        if (!Any) return;
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new ApiException(StatusCodes.Status401Unauthorized, "This server wants a key: send the header Authorization: Bearer KEY.", code: "missing_api_key");
        var hash = Hash(header[Scheme.Length..].Trim());
        var known = -1;
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, _hashes[i])) known = i;
        }

        if (known < 0) throw new ApiException(StatusCodes.Status401Unauthorized, "This key is none of the server's.", code: "invalid_api_key");
        if (_hashes.Length > 1) request.HttpContext.Items[typeof(ApiKeys)] = $"key {known}";
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
