using Decant.Decoding;

namespace Decant.Hosting;

/// <summary>A service that decoding options may name, before it is made.</summary>
/// <param name="Add">Makes it and adds it to a client's services.</param>
internal sealed record DecodingServiceRegistration(Action<IServiceProvider, DecodingServices> Add);
